import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEvent } from '../../../system/live/event.ts'
import { decodeForm, fieldPath } from '../../../system/live/form.ts'

const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

describe('a urlencoded form', () => {
  it.each<[string, object]>([
    ['', {}],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1&a=2', { a: '2' }],
    ['a', { a: '' }],
    ['a=b=c', { a: 'b=c' }],
    ['&&a=1&', { a: '1' }],
    ['=2', { '': '2' }],
    ['a+b=c+d%2B', { 'a b': 'c d+' }],
    ['a%ZZ=%4', { 'a%ZZ': '%4' }],
    ['n=Jos%C3%A9', { n: 'José' }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a[b][c]=1&a[b][d]=2&a[e]=3', { a: { b: { c: '1', d: '2' }, e: '3' } }],
    ['a[][b]=1&a[][b]=2', { a: [{ b: '2' }] }],
    ['a[][b]=1&a[][c]=2', { a: [{ b: '1', c: '2' }] }],
    ['a[][]=1&a[][]=2', { a: [['1', '2']] }],
    ['a[b][]=1&a[b][]=2', { a: { b: ['1', '2'] } }],
    ['a[b]=1&a=2', { a: '2' }],
    ['a=1&a[b]=2', { a: { b: '2' } }],
    ['a[b]=1&a=2&a[c]=3', { a: '2' }],
    ['a[]=1&a[b]=2', { a: { b: '2' } }],
    ['a[b]=2&a[]=1', { a: ['1'] }],
    ['[a]=1', { '[a]': '1' }],
    ['a[b=1', { 'a[b': '1' }],
    ['a]=1', { 'a]': '1' }],
    ['constructor=1&toString[a]=2', { constructor: '1', toString: { a: '2' } }],
  ])('%s', (text, form) => {
    expect(plain(decodeForm(text))).toEqual(form)
  })

  it('keeps the order of its fields', () => {
    expect(Object.keys(decodeForm('c=1&a=2&b[x]=3&b[y]=4'))).toEqual(['c', 'a', 'b'])
  })

  it('touches no prototype', () => {
    decodeForm('__proto__[polluted]=1&constructor[prototype][polluted]=1')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('is what URLSearchParams makes of flat fields', () => {
    const flat = fc.dictionary(fc.stringMatching(/^[a-z é&=+%]+$/), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(flat, (fields) => {
        expect(plain(decodeForm(new URLSearchParams(fields).toString()))).toEqual(fields)
      }),
    )
  })

  it('throws on a name with more keys than any form has', () => {
    expect(Object.keys(decodeForm(`a${'[b]'.repeat(100)}=1`))).toEqual(['a'])
    expect(() => decodeForm(`a${'[b]'.repeat(101)}=1`)).toThrow('more than 100 keys')
  })

  it('throws on bytes that are no text', () => {
    expect(() => decodeForm('a=%FF')).toThrow(RangeError)
  })
})

it.each<[string, string[]]>([
  ['a', ['a']],
  ['a[b][c]', ['a', 'b', 'c']],
  ['a[]', ['a']],
  ['a[][b]', ['a', 'b']],
  ['', []],
])('the field %s stands for the keys %j', (name, path) => {
  expect(fieldPath(name)).toEqual(path)
})

describe('an event', () => {
  it('of the type form has its meta over its fields, and its target as keys', () => {
    const payload = { type: 'form', event: 'validate', value: 'a=1&b=2', meta: { _target: 'user[name]', b: 3 } }
    expect(plain(readEvent(payload).value)).toEqual({ a: '1', b: 3, _target: ['user', 'name'] })
  })

  it('of another type has its value as it is', () => {
    expect(readEvent({ type: 'click', event: 'go', value: 'a=1', cid: 2 })).toEqual({
      name: 'go',
      value: 'a=1',
      cid: 2,
    })
  })
})
