import { flushCompileCache } from 'node:module'
import { applications } from './apps/index.ts'
import { composeNode } from './node/compose.ts'
import { loadModules } from './node/load-modules.ts'
import { exitCode, startFailureOf } from './node/start-failure.ts'

function end(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(code)
}

/**
 * One node. `node system/main.ts`, configured by environment variables (`docs/deploying.md`); APPS names its applications, all without it;
 * APP_MODULES adds some from elsewhere, by the paths of their files. SIGTERM drains it. Exits with 0 after that, 64 for a bad configuration, 69 for a port that is in use, 1 when a part cannot be kept running.
 */
async function main() {
  const node = await composeNode(process.env, [...applications, ...(await loadModules(process.env.APP_MODULES))])
  let isStopping = false
  const stop = () => {
    if (isStopping) return
    isStopping = true
    node.log.info('node drains')
    node.stop().then(
      () => process.exit(0),
      (error) => end(exitCode.crashed, `could not stop in order: ${error.message}`),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  await node.start()
  if (isStopping) return
  node.log.info({ port: node.port }, 'node is up')
  // Where NODE_COMPILE_CACHE names a folder, the next node starts in half the time; one that is killed could not write it any more.
  flushCompileCache()
  node.actors.onExit(({ kind }) => {
    if (kind !== 'normal') end(exitCode.crashed, 'a part of the node could not be kept running; the log says which')
  })
}

main().catch((error) => {
  const { code, sentence } = startFailureOf(error)
  end(code, sentence)
})
