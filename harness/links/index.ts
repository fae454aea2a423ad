export { type LinkServer, type LinkServerOptions, startLinkServer } from './api.ts'
