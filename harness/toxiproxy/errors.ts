export class ApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The error responses of the API; messages and codes are those that Toxiproxy clients expect. */
export const apiErrors = {
  badBody: (detail: string) => new ApiError(400, `bad request body: ${detail}`),
  missingField: (field: string) => new ApiError(400, `missing required field: ${field}`),
  proxyNotFound: () => new ApiError(404, 'proxy not found'),
  proxyExists: () => new ApiError(409, 'proxy already exists'),
  invalidStream: () => new ApiError(400, 'stream was invalid, can be either upstream or downstream'),
  invalidType: () => new ApiError(400, 'invalid toxic type'),
  toxicExists: () => new ApiError(409, 'toxic already exists'),
  toxicNotFound: () => new ApiError(404, 'toxic not found'),
  cannotListen: (detail: string) => new ApiError(500, detail),
} as const

const bindProblems: Record<string, string> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
}

/** Returns the error for a listener that could not be opened. */
export function listenProblem(address: string, error: NodeJS.ErrnoException): ApiError {
  return apiErrors.cannotListen(`listen tcp ${address}: bind: ${bindProblems[error.code ?? ''] ?? error.message}`)
}
