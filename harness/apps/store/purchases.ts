/** What an HTTP status says about a purchase: a refusal happened to nobody, a failure in the middle may have happened. */
export function endOfPurchase(status: number): 'ok' | 'failed' | 'unsure' {
  if (status === 303) return 'ok'
  return status >= 400 && status < 500 ? 'failed' : 'unsure'
}
