export { type LinkServer, type LinkServerOptions, startLinkServer } from './api.ts'
export { createLinkThread, type LinkThread } from './thread.ts'
