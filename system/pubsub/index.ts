export type { PubSubAdapter, RemoteMessage } from './adapter.ts'
export { createMesh } from './mesh.ts'
export { type Broadcast, type BroadcastEncoder, createPubSub, type PubSub, type Subscriber } from './pubsub.ts'
export { createRedis } from './redis.ts'
