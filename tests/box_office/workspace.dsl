workspace "Box office" {
    model {
        stripe = softwareSystem "Stripe" "Takes payments" "External"
        boxoffice = softwareSystem "Box office" {
            storefront = container "Storefront" "Sells seats" "React" "Web Browser"
            edge = container "Edge Gateway" "API gateway" "nginx"
            orders = container "Orders" "Takes orders" "FastAPI"
            seats = container "Seats" "Knows which seats are free" "FastAPI"
            db = container "Orders Database" "Orders" "PostgreSQL" "Database"
            cache = container "Seat Cache" "Free seats" "Redis" "Database"
            events = container "Order Events" "What was sold" "Kafka" "Queue"
            mailer = container "Ticket Mailer" "Sends tickets" "Celery worker"
        }
        storefront -> edge "Calls" "HTTPS"
        edge -> orders "Routes to"
        orders -> seats "Calls, timeout=2s" "HTTP"
        orders -> db "Reads and writes"
        orders -> events "Publishes"
        orders -> stripe "Calls" "HTTPS"
        seats -> cache "Reads and writes"
        mailer -> events "Consumes"
        deploymentEnvironment "Production" {
            deploymentNode "Cluster" {
                deploymentNode "Orders pods" "" "" "" 3 {
                    containerInstance orders
                }
            }
        }
    }
}
