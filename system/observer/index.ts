export { createObserver, type Observer } from './observer.ts'
export { observerRoutes } from './routes.ts'
