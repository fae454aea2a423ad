import type { Server } from 'node:http'

/** Serves on PORT, or on a free port of loopback, and says on stdout which: whoever measures has started this process and reads it. */
export function serveMeasurement(server: Server) {
  server.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 0), backlog: 4_096 }, () => {
    const { port } = server.address() as { port: number }
    process.stdout.write(`${JSON.stringify({ port })}\n`)
  })
}
