import { Socket } from 'phoenix'
import { createContext, type ReactNode, useEffect, useRef, useState } from 'react'

export const SocketContext = createContext<Socket | undefined>(undefined)

export function openSocket(): Socket {
  const heartbeatIntervalMs = Number(document.body.dataset.heartbeatMs) || 30_000
  const socket = new Socket('/spa_socket', { heartbeatIntervalMs })
  socket.connect()
  return socket
}

interface AppSocketProps {
  children: ReactNode
  open?: () => Socket
}

/** One connection for all pages inside, for as long as one of them is shown (RX-8). React may run its effects twice. */
export function AppSocket({ children, open = openSocket }: AppSocketProps) {
  const held = useRef<Socket>(undefined)
  const [socket, setSocket] = useState<Socket>()

  useEffect(() => {
    if (!held.current) {
      console.log('WebSocket routes mounted, connect Socket')
      held.current = open()
      setSocket(held.current)
    }
    return () => {
      console.log('WebSocket routes unmounted disconnect Socket')
      held.current?.disconnect()
      held.current = undefined
      setSocket(undefined)
    }
  }, [open])

  return <SocketContext value={socket}>{children}</SocketContext>
}
