import { type Command, Commands } from './value.ts'

interface Target {
  /** A selector; default: the element that has the command. */
  to?: string
}

interface Visibility extends Target {
  /** Classes while it happens: `[during, from, to]`. */
  transition?: readonly [string, string, string]
  timeMs?: number
  display?: string
}

/** Commands that the client runs without asking the server, in order: `commands().toggle({ to: '#menu' }).push(event)`. */
export class CommandChain extends Commands {
  /** An event, as `phx-click` sends it. */
  push(event: string, options: { value?: Readonly<Record<string, unknown>>; target?: string | number } = {}) {
    return this.with('push', { event, ...options })
  }
  show(options: Visibility = {}) {
    return this.with('show', visibility(options))
  }
  hide(options: Visibility = {}) {
    return this.with('hide', visibility(options))
  }
  toggle(options: Target & { display?: string } = {}) {
    return this.with('toggle', { ...options })
  }
  addClass(names: string, options: Target = {}) {
    return this.with('add_class', { names: names.split(' '), ...options })
  }
  removeClass(names: string, options: Target = {}) {
    return this.with('remove_class', { names: names.split(' '), ...options })
  }
  setAttribute(name: string, value: string, options: Target = {}) {
    return this.with('set_attr', { attr: [name, value], ...options })
  }
  removeAttribute(name: string, options: Target = {}) {
    return this.with('remove_attr', { attr: name, ...options })
  }
  dispatch(event: string, { detail, ...options }: Target & { detail?: unknown } = {}) {
    return this.with('dispatch', { event, ...(detail !== undefined && { detail }), ...options })
  }
  focus(options: Target = {}) {
    return this.with('focus', { ...options })
  }
  navigate(href: string, { replace = false }: { replace?: boolean } = {}) {
    return this.with('navigate', { href, ...(replace && { replace }) })
  }
  patch(href: string, { replace = false }: { replace?: boolean } = {}) {
    return this.with('patch', { href, ...(replace && { replace }) })
  }

  private with(...command: Command): CommandChain {
    return new CommandChain([...this.list, command])
  }
}

const visibility = ({ timeMs, transition, ...options }: Visibility) => ({
  ...options,
  ...(timeMs !== undefined && { time: timeMs }),
  ...(transition && { transition: transition.map((classes) => classes.split(' ')) }),
})

export const commands = (): CommandChain => new CommandChain([])
