import { useEffect, useState } from 'react'
import { usePings } from './ping-channel.tsx'

/** How many messages came since the page was mounted (RX-5). */
export function CountPage() {
  const { onPing } = usePings()
  const [count, setCount] = useState(0)
  useEffect(() => onPing(() => setCount((before) => before + 1)), [onPing])
  return (
    <>
      <h2>Counter</h2>
      <p>
        Messages since this page was mounted: <b className="count">{count}</b>
      </p>
    </>
  )
}
