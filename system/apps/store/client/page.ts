/** What the server wrote into the page. */
const { heartbeatMs, defects: planted = '' } = document.body.dataset
const defects = planted.split(' ')

export const hasDefect = (id: string): boolean => defects.includes(id)
export const never = 2 ** 31 - 1
export const heartbeatIntervalMs = Number(heartbeatMs) || 30_000
