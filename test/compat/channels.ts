import { channel, type HandleResult, noreply, ok, refuse, reply, stop } from '../../system/channels/index.ts'
import type { Presence } from '../../system/presence/index.ts'

/** The channels of the test application that the recorded conversations talk to. */
type Payload = Record<string, unknown>

export const term = channel({
  name: 'Term',
  join: () => ok(),
  handleIn(event) {
    if (event === 'stop') return stop('normal', { status: 'ok' })
    if (event === 'raise') throw new Error('boom')
    throw new Error(`no handler for ${event}`)
  },
  terminate(reason, { push, topic, assigns }) {
    push('you_left', { reason })
    ;(assigns.announce as (payload: unknown) => void)({ topic, reason })
  },
})

export const room = (sleep: (delayMs: number) => Promise<void>) =>
  channel({
    name: 'Room',
    async join(topic, payload, self) {
      const deny = typeof payload === 'object' && payload !== null && (payload as Payload).deny === true
      if (topic === 'room:reply') return ok({ echo: payload })
      if (topic === 'room:denied') return refuse({ reason: 'denied', params: payload })
      if (topic === 'room:cond') return deny ? refuse({ reason: 'denied' }) : ok()
      if (topic === 'room:raise') throw new Error('asked to raise')
      if (topic === 'room:badreturn') return 'nonsense' as never
      if (topic === 'room:slowjoin') await sleep(1500)
      if (topic === 'room:push_in_join') self.send({ push: 'after_join', payload: { n: 1 } })
      return ok()
    },
    intercept: ['icpt', 'icpt_stop'],
    handleOut(event, payload, { push }) {
      if (event === 'icpt_stop') return stop('normal')
      push('icpt', { ...(payload as Payload), intercepted: true })
      return noreply()
    },
    handleInfo(message, { push }) {
      const mail = message as Payload
      if (typeof mail.push === 'string') push(mail.push, mail.payload)
      else if (typeof mail.stop === 'string') return stop(mail.stop)
      else throw new Error('no handler for this message')
      return noreply()
    },
    async handleIn(event, payload, self) {
      const answer = roomAnswers[event]
      if (answer) return answer(payload)
      if (event === 'slow') {
        await sleep(500)
        return reply('ok', { slow: true })
      }
      if (event === 'async_reply') {
        const ref = self.replyRef()
        void sleep(200).then(() => self.reply(ref, 'ok', payload))
        return noreply()
      }
      const act = roomActs[event]
      if (!act) throw new Error(`no handler for ${event}`)
      return act(payload, self)
    },
  })

const roomAnswers: Record<string, (payload: unknown) => HandleResult> = {
  echo: (payload) => reply('ok', payload),
  echo_error: (payload) => reply('error', payload),
  bare_ok: () => reply('ok'),
  bare_error: () => reply('error'),
  custom_status: () => reply('teapot', { short: true }),
  reply_list: () => reply('ok', [1, 'two', null]),
  reply_string: () => reply('ok', 'str'),
  bin_reply: () => reply('ok', Buffer.from([0, 1, 2, 255])),
  badreturn: () => 'nonsense' as never,
  stop_normal: () => stop('normal'),
  stop_shutdown: () => stop('shutdown'),
  stop_shutdown_tuple: () => stop('shutdown: because'),
  stop_error: () => stop('went wrong'),
  stop_error_reply: () => stop('went wrong', { status: 'error', response: { msg: 'bye' } }),
  stop_normal_bare_reply: () => stop('normal', { status: 'ok' }),
}

type Self = Parameters<NonNullable<ReturnType<typeof channel>['handleIn']>>[2]

const roomActs: Record<string, (payload: unknown, self: Self) => HandleResult> = {
  bin_push: (_, { push }) => quietly(() => push('bin_evt', Buffer.from([1, 2, 3]))),
  bin_broadcast: (_, { broadcast }) => quietly(() => broadcast('bin_evt', Buffer.from([9, 8, 7]))),
  push_to_me: (payload, { push }) => quietly(() => push('pushed', payload)),
  push_then_reply: (payload, { push }) => {
    push('pushed', payload)
    return reply('ok', { n: 2 })
  },
  push_list: (_, { push }) => quietly(() => push('pushed', [1, 2])),
  shout: (payload, { broadcast }) => quietly(() => broadcast('shout', payload)),
  shout_reply: (payload, { broadcast }) => {
    broadcast('shout', payload)
    return reply('ok')
  },
  shout_from: (payload, { broadcastFrom }) => {
    broadcastFrom('shout', payload)
    return reply('ok')
  },
  double_reply: (_, self) => {
    self.reply(self.replyRef(), 'ok', { n: 1 })
    return reply('ok', { n: 2 })
  },
  later_stop: (payload, { sendAfter }) => {
    sendAfter(100, { stop: String((payload as Payload).reason) })
    return reply('ok')
  },
  subscribe_other: (payload, { subscribe }) => {
    subscribe(String((payload as Payload).topic))
    return reply('ok')
  },
}

function quietly(act: () => void): HandleResult {
  act()
  return noreply()
}

/** Shows who is there, under the key that a client names or its user's id. */
export const presenceChannel = (presence: Presence) =>
  channel({
    name: 'Presence',
    join(_topic, payload, { send, id, onEnd, assigns }) {
      assigns.key = String((payload as Payload | null)?.user_id ?? assigns.userId ?? 'anon')
      send('after_join')
      onEnd(() => presence.untrackAll(id))
      return ok()
    },
    handleInfo(_message, { id, topic, push, assigns }) {
      presence.track(id, topic, assigns.key as string, { online_at: '1700000000', device: 'browser' })
      push('presence_state', presence.state(topic))
      return noreply()
    },
    handleIn(event, payload, { id, topic, assigns }) {
      const key = assigns.key as string
      if (event === 'list') return reply('ok', presence.state(topic))
      if (event === 'update') presence.update(id, topic, key, payload as Payload)
      else if (event === 'untrack') presence.untrack(id, topic, key)
      else throw new Error(`no handler for ${event}`)
      return reply('ok')
    },
  })
