import { htmlDocument } from '../../platform/html.ts'

/** The one document of the application: its script shows the page of the address. */
export const spaPage = (heartbeatMs: number): string =>
  htmlDocument({
    title: 'Channels and React',
    bundle: 'spa',
    data: { 'heartbeat-ms': heartbeatMs },
    content: '<div id="root"></div>',
  })
