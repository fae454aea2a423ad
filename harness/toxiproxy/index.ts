export { type LinkServer, startLinkServer } from './api.ts'
export { createLinkThread, type LinkThread } from './thread.ts'
