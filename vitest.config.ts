import { defineConfig } from 'vitest/config'

/** How long `expect.poll` looks: on a machine with much else to do, a second is soon over. */
const poll = { timeout: 15_000, interval: 50 }

/** Test files are `*.test.ts` (unit), `*.int.test.ts` (integration) and `*.nightly.test.ts`. */
const startsThings = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll }, fileParallelism: false }

/**
 * `unit` needs nothing but Node; `integration` starts databases, nodes and browsers; `nightly` does too, takes long and rarely fails, so
 * that only a night and a filter run it. What hangs is ended; what is slow is not.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{int,nightly}.test.ts'],
          testTimeout: 20_000,
          expect: { poll },
          // Published as source that only a bundler can resolve.
          server: { deps: { inline: [/phoenix_live_view\/assets/] } },
        },
      },
      { test: { name: 'integration', include: ['test/**/*.int.test.ts'], ...startsThings } },
      { test: { name: 'nightly', include: ['test/**/*.nightly.test.ts'], ...startsThings } },
    ],
  },
})
