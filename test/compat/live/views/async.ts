import { type AsyncResult, asyncResult, html, liveView } from '../../../../system/live/index.ts'
import type { Clock } from '../../../../system/platform/clock.ts'
import { noSuchEvent } from './input.ts'

interface Async {
  org: AsyncResult<string>
  done: number | null
}

export const asyncView = ({ sleep }: Pick<Clock, 'sleep'>) => {
  const load = async () => {
    await sleep(100)
    return 'acme'
  }
  const work = async () => {
    await sleep(50)
    return 42
  }
  const fail = async () => {
    await sleep(50)
    throw new Error('asked to fail')
  }
  return liveView<Async>({
    name: 'Async',
    mount(_params, _session, socket) {
      socket.assign({ done: null })
      socket.assignAsync('org', load)
    },
    handleEvent(event, _value, socket) {
      if (event === 'work') return socket.startAsync('work', work)
      if (event === 'fail') return socket.assignAsync('org', fail, { reset: true })
      return noSuchEvent(event)
    },
    handleAsync(_name, result, socket) {
      if (result.kind === 'ok') socket.assign({ done: result.value as number })
    },
    render: (assigns) => html`${() =>
      asyncResult(assigns.org, {
        loading: () => html`Loading`,
        failed: () => html`Failed`,
        ok: (org) => html`Org ${org}`,
      })}
<p id="done">${() => assigns.done}</p>`,
  })
}
