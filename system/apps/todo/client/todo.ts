// The pages work without a script: this makes the bundler build their style.
import './todo.css'
