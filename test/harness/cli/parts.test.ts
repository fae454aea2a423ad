import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../harness/cli/options.ts'
import { worstCode } from '../../../harness/cli/run.ts'
import { closingOf } from '../../../harness/cli/test.ts'
import { watchSignals } from '../../../harness/platform/interruption.ts'
import { nearest } from '../../../harness/platform/nearest.ts'
import { parseSeed } from '../../../harness/platform/random.ts'

describe('words on the command line', () => {
  it('reads seeds and durations', () => {
    expect([parseSeed('0x5eed'), parseSeed('24301'), parseDuration('90s'), parseDuration('10m')]).toEqual([
      24301, 24301, 90_000, 600_000,
    ])
  })

  it('finds what was probably meant, and nothing when nothing is near', () => {
    expect(nearest('rnu', ['run', 'report'])).toBe('run')
    expect(nearest('missed-release', ['store/missed-release', 'store/sell-out'])).toBe('store/missed-release')
    expect(nearest('hurricane', ['run', 'report'])).toBeUndefined()
  })

  it('hides no proven failure behind another exit code', () => {
    expect(worstCode([0, 2, 1, 130])).toBe(1)
    expect(worstCode([0, 5, 2])).toBe(2)
    expect(worstCode([0, 0])).toBe(0)
  })
})

describe('the closing line of the tests', () => {
  it('counts what failed before the tests, and a runner that died', () => {
    expect(closingOf('12 passed, 0 failed', 0, 0)).toBe('12 passed, 0 failed')
    expect(closingOf('12 passed, 1 failed, 2 skipped', 1, 1)).toBe('12 passed, 2 failed, 2 skipped')
    expect(closingOf(undefined, 1, 0)).toBe('0 passed, 1 failed')
  })
})

describe('Ctrl-C', () => {
  it('asks for an orderly end first, and ends at once the second time', () => {
    const heard: string[] = []
    const handlers: Record<string, (signal: 'SIGINT' | 'SIGTERM') => void> = {}
    const target = {
      on: (name: string, handler: (signal: 'SIGINT' | 'SIGTERM') => void) => {
        handlers[name] = handler
      },
      exit: (code: number) => heard.push(`exit ${code}`),
    } as unknown as NodeJS.Process
    const interruption = watchSignals(target, () => heard.push('said'))
    interruption.onStop((signal) => heard.push(`stop ${signal}`))
    handlers.SIGTERM?.('SIGTERM')
    expect([interruption.by(), ...heard]).toEqual(['SIGTERM', 'said', 'stop SIGTERM'])
    handlers.SIGINT?.('SIGINT')
    expect(heard[2]).toBe('exit 130')
  })
})
