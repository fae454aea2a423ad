import type { RedisPubSubOptions } from './redis.ts'

export type { PubSubAdapter, RemoteMessage } from './adapter.ts'
export { type Discovery, discoverByDns } from './discovery.ts'
export { createMesh } from './mesh.ts'
export { type MeshSocket, type MeshSockets, meshWebSockets } from './mesh-sockets.ts'
export { type Broadcast, type BroadcastEncoder, createPubSub, type PubSub, type Subscriber } from './pubsub.ts'
export { type TamperedAdapter, type TamperRule, tampered } from './tampering.ts'

/** Imported lazily: loading the Redis client takes a tenth of a node's start-up time. */
export const createRedis = async (options: RedisPubSubOptions) => (await import('./redis.ts')).createRedis(options)
