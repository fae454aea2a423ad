/** Returns the outcome of a purchase for an HTTP status: a 4xx refusal had no effect, any other failure may have had one. */
export function endOfPurchase(status: number): 'ok' | 'failed' | 'unsure' {
  if (status === 303) return 'ok'
  return status >= 400 && status < 500 ? 'failed' : 'unsure'
}
