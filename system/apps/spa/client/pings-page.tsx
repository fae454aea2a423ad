import { useEffect, useState } from 'react'
import { usePings } from './ping-channel.tsx'

/** The oldest are dropped: a page may stay open for days. */
const linesMax = 1_000

/** What came since the page was mounted, newest first (RX-3, RX-10). */
export function PingsPage({ topic = 'ping' }: { topic?: string }) {
  const { onPing, sendPing } = usePings()
  const [lines, setLines] = useState<readonly string[]>([])
  const [problem, setProblem] = useState('')
  const put = (data: unknown) => setLines((before) => [JSON.stringify(data), ...before].slice(0, linesMax))

  function ping() {
    setProblem('')
    sendPing(put, setProblem)
  }

  useEffect(
    () =>
      onPing((data) => {
        console.debug('Pings pingReceived', data)
        setLines((before) => [JSON.stringify(data), ...before].slice(0, linesMax))
      }),
    [onPing],
  )

  return (
    <>
      <h2>Pings: {topic}</h2>
      <p>
        This page displays the PING messages received from the server, since this page was mounted. The topic for this
        Channel is {topic}.
      </p>
      <button type="button" onClick={ping}>
        Press to send a ping
      </button>
      <p role="status">{problem}</p>
      <textarea aria-label="Messages, newest first" readOnly rows={12} value={lines.join('\n')} />
    </>
  )
}
