import { Socket } from 'phoenix'
import { LiveSocket } from 'phoenix_live_view'
import './workshop.css'

/** The script of both panels: nothing of one of them is in it (MR-8, MR-17). */
const { heartbeatMs } = document.body.dataset
const liveSocket = new LiveSocket('/workshop_live', Socket, { heartbeatIntervalMs: Number(heartbeatMs) || 30_000 })
liveSocket.connect()
