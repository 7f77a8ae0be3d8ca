workspace "Parcels" {
  model {
    customer = person "Customer"
    mail = softwareSystem "Mail Provider" "Delivers mails" "External"
    tracking = softwareSystem "Parcel tracking" {
      portal = container "Portal" "Where parcels are booked" "React"
      gateway = container "Gateway" "Lets requests in" "nginx"
      parcels = container "Parcels" "Keeps track of parcels" "FastAPI"
      pricing = container "Pricing" "Says what a parcel costs" "FastAPI"
      db = container "Parcels DB" "" "PostgreSQL" "Database"
      cache = container "Rates Cache" "" "Redis" "Database"
      events = container "Parcel Events" "" "Kafka" "Queue"
      notifier = container "Notifier" "Tells customers" "Celery worker"
    }
    customer -> portal "Uses" "HTTPS"
    portal -> gateway "Calls" "HTTPS"
    gateway -> parcels "Routes to"
    parcels -> pricing "Calls, timeout=2s" "gRPC"
    parcels -> db "Reads from and writes to"
    parcels -> events "Publishes to"
    notifier -> events "Consumes from"
    pricing -> cache "Reads from"
    notifier -> mail "Sends mail with" "HTTPS"
    deploymentEnvironment "Live" {
      deploymentNode "app hosts" "" "" "" 3 {
        containerInstance parcels
      }
    }
  }
  views {
    styles {
      element "Database" {
        shape cylinder
      }
    }
  }
}
