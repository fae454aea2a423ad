import { containerDriver } from './container/driver.ts'
import type { Driver } from './driver.ts'
import { processDriver } from './process/driver.ts'
import { remoteDriver } from './remote/driver.ts'

/** Drivers by the name that `--driver` accepts. */
export const drivers = {
  process: processDriver,
  container: containerDriver,
  remote: remoteDriver,
} as const satisfies Record<string, Driver>

export type DriverName = keyof typeof drivers
export const driverNames = Object.keys(drivers) as DriverName[]
