import { byId, setText } from './elements.ts'

/** Asks the console for something; what it refuses stands on the page. Resolves with whether it was done. */
export async function ask(path: string, body: object = {}): Promise<boolean> {
  notice('')
  try {
    const response = await fetch(`/console${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (response.ok) return true
    notice(((await response.json()) as { error: string }).error)
  } catch {
    notice('The console did not answer. It ends with "squall up".')
  }
  return false
}

function notice(text: string) {
  const target = byId('notice')
  target.hidden = text === ''
  setText(target, text)
}

/** A listener that disables its button while it is busy. */
export const busily =
  (work: () => Promise<unknown>) =>
  async ({ currentTarget }: Event): Promise<void> => {
    const button = currentTarget as HTMLButtonElement
    button.disabled = true
    await work().finally(() => {
      button.disabled = false
    })
  }
