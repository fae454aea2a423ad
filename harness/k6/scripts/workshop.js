import { check } from 'k6'
import http from 'k6/http'
import { requireUrls } from './settings.js'

/** The three endpoints of the workshop, one after the other, each with so many clients that ask again at once (MR-6..MR-17). */
const [url] = requireUrls()
const users = Number(__ENV.USERS || 50)
/** How long one use of the resource takes on the node under load. */
const useMs = Number(__ENV.USE_MS || 100)
const requestsPerUser = 10
const betweenMs = 8_000

const load = (exec, turn) => ({
  executor: 'shared-iterations',
  vus: users,
  iterations: users * requestsPerUser,
  startTime: `${turn * betweenMs}ms`,
  maxDuration: `${betweenMs}ms`,
  exec,
})

export const options = {
  scenarios: { serial: load('serial', 0), async: load('async', 1), genstage: load('genstage', 2) },
  thresholds: {
    checks: ['rate==1'],
    // Who waits for the resource cannot be answered before it, and who does not is.
    'http_req_duration{endpoint:serial}': [`min>=${useMs - 1}`],
    'http_req_duration{endpoint:async}': [`med<${useMs}`],
    'http_req_duration{endpoint:genstage}': [`med<${useMs}`],
  },
}

const ask = (path, endpoint) =>
  check(http.get(`${url}${path}`, { tags: { endpoint, name: path } }), {
    'answered 200': ({ status }) => status === 200,
  })

export const serial = () => ask('/part1/serial', 'serial')
export const async = () => ask('/part1/async', 'async')
export const genstage = () => ask('/part2/genstage', 'genstage')
