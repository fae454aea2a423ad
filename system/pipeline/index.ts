export { type BufferOptions, bufferSizeMax, type Keep } from './buffer.ts'
export {
  type ConsumerSupervisor,
  type ConsumerSupervisorSpec,
  startConsumerSupervisor,
} from './consumer-supervisor.ts'
export type {
  CancelKind,
  CancelMode,
  DemandMode,
  Stage,
  SubscribeOptions,
  Subscription,
  SubscriptionMode,
} from './contract.ts'
export { type Demand, type DemandOptions, InvalidSubscription, readDemand } from './demand.ts'
export { broadcastDispatcher } from './dispatchers/broadcast-dispatcher.ts'
export { demandDispatcher } from './dispatchers/demand-dispatcher.ts'
export { type Dispatcher, PartitionError } from './dispatchers/dispatcher.ts'
export { fairDispatcher } from './dispatchers/fair-dispatcher.ts'
export { partitionDispatcher } from './dispatchers/partition-dispatcher.ts'
export { type Database, type DurableProducerOptions, durableProducer } from './durable-producer.ts'
export { InvalidItem, type PipelineItem } from './item.ts'
export { type PipelineOptions, pipelineStages } from './pipeline.ts'
export {
  type MemoryProducerOptions,
  memoryProducer,
  type Producer,
  type ProducerOptions,
  producerName,
} from './producer.ts'
export { stageNamed, startStage } from './stage.ts'
export type { ConsumerSpec, ProducerConsumerSpec, ProducerSpec, StageSpec } from './stage-spec.ts'
export { createWorker, recordDelivery, type Worker, type WorkerOptions } from './worker.ts'
