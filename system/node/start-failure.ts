import { ConfigError } from '../platform/config.ts'

/** Exit codes of a node that ends by itself. */
export const exitCode = { crashed: 1, badConfig: 64, environment: 69 } as const

/** How a node ends that an error kept from starting. Pure. */
export function startFailureOf(error: unknown): { code: number; sentence: string } {
  const { code, message, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (code === 'EADDRINUSE')
    return {
      code: exitCode.environment,
      sentence: `the port ${address}:${port} is in use; free it or choose another`,
    }
  const isBadConfig = error instanceof ConfigError || /splat patterns/.test(message)
  return { code: isBadConfig ? exitCode.badConfig : exitCode.crashed, sentence: message }
}
