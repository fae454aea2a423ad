import { endLeases } from './leases.ts'

/**
 * `node watchdog.ts <lease file>`: waits for the end of its input. If `done` came before the end, the harness cleaned up itself;
 * otherwise the harness is dead, and the watchdog releases everything that it held.
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
