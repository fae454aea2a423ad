import { EnvironmentMissing } from '../platform/errors.ts'
import { codeOf, type StopSignal } from '../platform/interruption.ts'
import { freshSeed, seededRandom } from '../platform/random.ts'
import { startLinkServer } from '../toxiproxy/index.ts'
import type { Command } from './command.ts'
import { flags, wholeNumber } from './options.ts'

interface ProxyFlags {
  port: number
  seed?: number
}

/** The port that Toxiproxy and its clients use unless told otherwise. */
const usualPort = 8_474

export const proxy: Command = {
  name: 'proxy',
  summary: 'start the embedded Toxiproxy alone, print its address, and keep it until Ctrl-C',
  options: [
    {
      flags: '--port <n>',
      help: 'port of its API on loopback; 0 takes any free one',
      parse: wholeNumber('--port', 0, 65_535),
      default: usualPort,
    },
    { ...flags.seed, help: 'seed of the random choices of the toxics' },
  ],
  async run(_names, { port, seed = freshSeed() }: ProxyFlags, io) {
    const server = await startLinkServer({ apiPort: port, random: seededRandom(seed).next }).catch((error) => {
      throw cannotListen(port, error)
    })
    io.out(`${server.apiUrl}   (Toxiproxy API)\nCtrl-C ends it.\n`)
    const signal = await new Promise<StopSignal>((resolve) => io.interruption.onStop(resolve))
    await server.close()
    return codeOf(signal)
  },
}

function cannotListen(port: number, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE')
    return new EnvironmentMissing(`port ${port} is in use; end what listens there, or choose another one with --port`)
  if (error.code === 'EACCES')
    return new EnvironmentMissing(`port ${port} needs rights that this user lacks; choose one above 1023 with --port`)
  return error
}
