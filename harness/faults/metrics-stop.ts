import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Cluster } from '../cluster/cluster.ts'
import { systemClock } from '../platform/clock.ts'
import { NotSupported } from '../platform/errors.ts'
import { theMetricsDaemon } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { seen, unseen, type Witness, witnessWithin } from './fault.ts'
import { noOptions } from './options.ts'

const goneWithinMs = 3_000
const backWithinMs = 5_000
/** A packet on loopback takes microseconds. */
const answeredWithinMs = 300

type Daemon = NonNullable<Cluster['statsd']>

/** Throws NotSupported where nobody would hear what the nodes measure. */
export const requireMetrics = (cluster: Pick<Cluster, 'statsd'>) => void daemonOf(cluster)

function daemonOf({ statsd }: Pick<Cluster, 'statsd'>): Daemon {
  if (statsd) return statsd
  throw new NotSupported('the nodes of this cluster send their metrics to nobody')
}

/** Sends a packet of the harness's own, as a node does, and returns whether it was taken, refused by the machine, or neither. */
async function probe(daemon: Daemon): Promise<'taken' | 'refused' | 'silence'> {
  const name = `squall.probe.${systemClock.monotonicMs().toString(36).replace('.', '')}`
  const socket = createSocket('udp4')
  const ended = new Promise<'taken' | 'refused' | 'silence'>((resolve) => {
    const forget = daemon.onProbe(name, () => end('taken'))
    const cancel = systemClock.after(answeredWithinMs, () => end('silence'))
    // A connected socket is told when nobody has the port.
    socket.on('error', () => end('refused'))
    function end(how: 'taken' | 'refused' | 'silence') {
      forget()
      cancel()
      resolve(how)
    }
  })
  socket.connect(daemon.port, daemon.host)
  await once(socket, 'connect')
  socket.send(`${name}:1|c`)
  return ended.finally(() => socket.close())
}

const sentences = {
  taken: 'a packet of the harness arrives at the daemon',
  refused: 'a packet of the harness is refused: nobody has the port of the daemon',
  silence: 'a packet of the harness does not arrive, and nobody says why',
}

function witness(daemon: Daemon, expected: 'taken' | 'refused', withinMs: number): Promise<Witness> {
  const look = async () => {
    const how = await probe(daemon)
    return how === expected ? seen(sentences[how]) : unseen(sentences[how])
  }
  return witnessWithin(withinMs, look, systemClock)
}

/** UDP: whoever measures must not notice (FI-15, NF-19). */
export const metricsStop = defineFault({
  kind: 'metrics.stop',
  title: 'the metrics daemon is gone: nobody has its port',
  aim: theMetricsDaemon,
  options: noOptions,
  create(cluster) {
    const daemon = daemonOf(cluster)
    return {
      inject: daemon.stop,
      witnessOn: () => witness(daemon, 'refused', goneWithinMs),
      heal: daemon.start,
      witnessOff: () => witness(daemon, 'taken', backWithinMs),
    }
  },
  drawn: { never: 'no client of a random plan can feel it, and the rest of the plan would be judged without metrics' },
  simulated: 'the simulated nodes send no metrics',
})
