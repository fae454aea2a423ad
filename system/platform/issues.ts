import type { z } from 'zod'

/** What is wrong with an input, in one sentence: `date: expected a date; body: expected object`. Pure. */
export const describeIssues = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ')
