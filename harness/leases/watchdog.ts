import { endLeases } from './leases.ts'

/**
 * `node watchdog.ts <lease file>`: waits for the end of its input. `done` before it means that the harness cleaned up itself;
 * without that word the harness is dead, and everything that it held is ended.
 */
const [file = ''] = process.argv.slice(2)
let said = ''
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
process.stdin.on('data', (data) => {
  said += data
})
process.stdin.on('end', async () => {
  if (!said.includes('done')) await endLeases(file)
  process.exit(0)
})
