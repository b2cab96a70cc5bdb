import { makeKafkaCredentials } from './kafka-credentials.ts'

// kafka-credentials-main.ts FOLDER USER,… HOST,… : what docker compose runs before a closed Kafka.
const [folder = '', users = '', hosts = ''] = process.argv.slice(2)
const words = (text: string) => [...new Set(text.split(',').filter(word => word !== ''))]
await makeKafkaCredentials({ folder, users: words(users), hosts: words(hosts) })
