import { defineModule } from '../../node/module.ts'
import { bundles } from './bundles.ts'
import { todoConfig } from './config.ts'
import { todoControlActions } from './control-actions.ts'
import { createTodo } from './todo.ts'
import { todoRoutes } from './web.ts'

/** The to-do system: a tree of supervised actors that keep lists, and pages to use and to break it (RT-14..RT-35). */
export const todoModule = defineModule({
  name: 'todo',
  config: todoConfig,
  bundles,
  create({ config, runtime, clock, log }) {
    const todo = createTodo({ config, runtime, clock, log })
    return {
      children: todo.children,
      supervisors: todo.supervisors,
      routes: (web) => todoRoutes(web, { todo, clock }),
      controlActions: todoControlActions(todo),
      state: () => ({ todo: todo.state() }),
    }
  },
})
