import { dashboardScenario } from './dashboard-scenario.ts'

export default dashboardScenario('presence/dashboard-on-one-node', 1, [
  'AT-15',
  'PA-38',
  'PA-39',
  'PA-40',
  'PA-42',
  'PA-51',
])
