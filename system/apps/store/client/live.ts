import { Socket } from 'phoenix'
import { LiveSocket } from 'phoenix_live_view'
import { heartbeatIntervalMs } from './page.ts'

/** The script of all live pages: nothing of one page is in it (LV-17). */
const { csrfToken } = window as { csrfToken?: string }
const liveSocket = new LiveSocket('/live', Socket, { params: { _csrf_token: csrfToken }, heartbeatIntervalMs })
liveSocket.connect()

Object.assign(window, { liveSocket })
