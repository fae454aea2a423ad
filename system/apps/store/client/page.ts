/** Settings that the server wrote into the page. */
const { heartbeatMs } = document.body.dataset

export const heartbeatIntervalMs = Number(heartbeatMs) || 30_000
