import { describe, expect, it } from 'vitest'
import { createCookieJar } from '../../../../../harness/apps/store/pages/cookie-jar.ts'

const answer = (...lines: string[]) => {
  const headers = new Headers()
  for (const line of lines) headers.append('set-cookie', line)
  return new Response('', { headers })
}

function jarAt(startMs: number) {
  let nowMs = startMs
  const jar = createCookieJar(() => nowMs)
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { ...jar, pass }
}

describe('the cookies of a browser', () => {
  it('are sent back as they came, and replaced by their name', () => {
    const jar = jarAt(0)
    jar.take(answer('a=1%2F2; Path=/', 'b=3; Path=/'), '/')
    jar.take(answer('a=4; Path=/'), '/')
    expect(jar.header('/checkout')).toBe('a=4; b=3')
  })

  it('are sent below their path only, which is by default the folder of the page', () => {
    const jar = jarAt(0)
    jar.take(answer('a=1; Path=/checkout', 'b=2'), '/checkout/complete')
    expect(jar.header('/checkout')).toBe('a=1; b=2')
    expect(jar.header('/checkouts')).toBe('')
    expect(jar.header('/')).toBe('')
  })

  it('end when their time is over, or at once when they are deleted', () => {
    const jar = jarAt(0)
    jar.take(answer('a=1; Path=/; Max-Age=10', 'b=2; Path=/'), '/')
    jar.pass(9_999)
    expect(jar.header('/')).toBe('a=1; b=2')
    jar.pass(1)
    expect(jar.header('/')).toBe('b=2')
    jar.take(answer('b=; Path=/; Max-Age=0'), '/')
    expect(jar.header('/')).toBe('')
  })
})
