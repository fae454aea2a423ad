export { type LinkServer, startLinkServer } from './api.ts'
export { createLinkThread, type LinkThread, linkThreadName } from './thread.ts'
