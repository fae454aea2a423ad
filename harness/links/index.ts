export { type LinkServer, type LinkServerOptions, startLinkServer } from './api.ts'
export { startLinkThread } from './thread.ts'
