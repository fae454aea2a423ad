import type { TaskResult } from './socket.ts'

/** A task that the page started has ended. */
export class TaskDone {
  readonly cid: number | undefined
  readonly name: string
  readonly ticket: number
  readonly result: TaskResult

  constructor(cid: number | undefined, name: string, ticket: number, result: TaskResult) {
    this.cid = cid
    this.name = name
    this.ticket = ticket
    this.result = result
  }
}

/** New props for a component. */
export class ComponentUpdate {
  readonly component: object
  readonly id: string
  readonly props: Readonly<Record<string, unknown>>

  constructor(component: object, id: string, props: Readonly<Record<string, unknown>>) {
    this.component = component
    this.id = id
    this.props = props
  }
}
