export { type Metrics, noMetrics, type Tags } from './metrics.ts'
export { countConnect, countJoin, metricNames, type Status } from './names.ts'
export { createMetricsPart, type MetricsPart, type MetricsPartOptions } from './part.ts'
export type { Sources } from './samples.ts'
