import type { LiveView } from './live-view.ts'

/** Views by the names that tokens know them by. */
export interface ViewRegistry {
  /** Throws when another view has the same name. */
  add(view: LiveView): void
  find(name: string): LiveView | undefined
}

export function createViewRegistry(views: readonly LiveView[]): ViewRegistry {
  const byName = new Map<string, LiveView>()
  const registry: ViewRegistry = {
    add(view) {
      const known = byName.get(view.name) ?? view
      if (known !== view) throw new Error(`two live views have the name ${JSON.stringify(view.name)}`)
      byName.set(view.name, view)
    },
    find: (name) => byName.get(name),
  }
  for (const view of views) registry.add(view)
  return registry
}
