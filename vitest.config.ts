import { defineConfig } from 'vitest/config'

/** How long `expect.poll` looks: on a machine with much else to do, a second is soon over. */
const poll = { timeout: 15_000, interval: 50 }

/** `unit` needs nothing but Node; `integration` starts databases, nodes and browsers. What hangs is ended; what is slow is not. */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.int.test.ts'],
          testTimeout: 20_000,
          expect: { poll },
          // Published as source that only a bundler can resolve.
          server: { deps: { inline: [/phoenix_live_view\/assets/] } },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.int.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll },
          fileParallelism: false,
        },
      },
    ],
  },
})
