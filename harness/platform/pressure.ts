import { readFileSync } from 'node:fs'

/**
 * For how long, in us since the machine started, something that could run waited for a processor; undefined where the kernel does not
 * say (Linux from 4.20 on).
 */
export function processorPressureUs(read = () => readFileSync('/proc/pressure/cpu', 'utf8')): number | undefined {
  try {
    const [, total] = /^some .*total=(\d+)/m.exec(read()) ?? []
    return total === undefined ? undefined : Number(total)
  } catch {
    return undefined
  }
}
