import type { ScenarioContext } from '../harness/index.ts'

/** As the inspector of a node says it (`docs/observe.md`). */
interface Network {
  connections: { id: string; channels: number; messagesIn: number }[]
}
interface ActorPage {
  page: number
  firstNo: number
  rows: unknown[]
}

/** One client sends this many frames and is looked at; another one is ended, and comes back. */
const frames = 4
const lookedAt = { name: 'looked-at', topic: 'ping:looked-at' }
const ended = { name: 'ended', topic: 'ping:ended' }

/** What `lookInto` should find. */
export const asItIs = {
  client: { channels: 1, messagesIn: frames },
  notOnThePage: [] as string[],
  secondPageOfActors: [2, 6, 5],
  isTheActor: true,
  killOfNobody: 404,
  killOfClient: 200,
  isThereAfterwards: false,
}

/** What the inspector of a node shows of a client, and whether it ends another one (RT-70, RT-72, RT-77). */
export async function lookInto(context: ScenarioContext, node: string): Promise<typeof asItIs> {
  await joinAndBeat(context, node)
  await (await context.client(ended.name, node)).join(ended.topic)
  return { ...(await shownBy(context, node)), ...(await endedBy(context, node)) }
}

/** Heartbeats are frames that no channel handles. */
async function joinAndBeat(context: ScenarioContext, node: string) {
  const client = await context.wire(lookedAt.name, node)
  client.send(['1', '1', lookedAt.topic, 'phx_join', {}])
  for (let ref = 2; ref <= frames; ref += 1) client.send([null, String(ref), 'phoenix', 'heartbeat', {}])
  await client.receive('the last answer', ([, ref]) => ref === String(frames))
}

const connectionsOf = async ({ cluster }: ScenarioContext, node: string) =>
  (await cluster.node(node).control.state()).connections

const connectionOf = async (context: ScenarioContext, node: string, { topic }: typeof lookedAt) =>
  (await connectionsOf(context, node)).find(({ topics }) => topics.includes(topic))?.id

async function shownBy(context: ScenarioContext, node: string) {
  const { control } = context.cluster.node(node)
  const before = await connectionsOf(context, node)
  const own = await connectionOf(context, node, lookedAt)
  const { connections } = await control.post<Network>('/observer/network')
  const listed = await idsOnThePage(context, node)
  const after = (await connectionsOf(context, node)).map(({ id }) => id)
  const shown = connections.find(({ id }) => id === own)
  const { page, firstNo, rows } = await control.post<ActorPage>('/observer/actors?sort=queue&page=2&rows=5')
  const actor = (await control.actors()).find(({ name }) => name === `PingChannel:${lookedAt.topic}`)?.id
  const opened = await control.post<{ id: string }>(`/observer/actor?id=${actor}`)
  return {
    client: { channels: shown?.channels ?? 0, messagesIn: shown?.messagesIn ?? 0 },
    notOnThePage: before.filter(({ id }) => after.includes(id) && listed?.includes(id) === false).map(({ id }) => id),
    secondPageOfActors: [page, firstNo, rows.length],
    isTheActor: opened.id === actor,
  }
}

/** The connections in the first column of the page; undefined where the secret of the inspector is not known. */
async function idsOnThePage({ cluster }: ScenarioContext, node: string): Promise<string[] | undefined> {
  if (!cluster.secrets) return undefined
  const page = await fetch(`http://127.0.0.1:${cluster.node(node).controlPort}/observer?view=network`, {
    headers: { authorization: `Bearer ${cluster.secrets.control}` },
  })
  return [...(await page.text()).matchAll(/<tr><td class="number">(\d+)<\/td>/g)].map(([, id]) => id!)
}

/** The inspector answers when another connection has taken the place of the one that it ended. */
async function endedBy(context: ScenarioContext, node: string) {
  const { control } = context.cluster.node(node)
  const own = await connectionOf(context, node, ended)
  const kill = (id: string) => control.post('/observer/kill', { id }).then(() => 200, statusOf)
  const killOfNobody = await kill('transport-0')
  context.provoke('the connection is ended in the inspector', [ended.name])
  const killOfClient = await kill(`transport-${own}`)
  const isThereAfterwards = (await connectionsOf(context, node)).some(({ id }) => id === own)
  return { killOfNobody, killOfClient, isThereAfterwards }
}

const statusOf = ({ status = 0 }: { status?: number }) => status
