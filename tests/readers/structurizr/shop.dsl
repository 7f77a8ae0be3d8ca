workspace "Shop" "Sells" {
  !identifiers hierarchical
  !const ORDERS "Orders"
  model {
    u = person "Customer" "Buys things"
    mail = softwareSystem "Mail provider" "Sends mail" "External"
    shop = softwareSystem "Shop" {
      web = container "Web shop" "The site" "React" "Web Browser"
      api = container "${ORDERS} API" "Takes orders" "FastAPI" {
        ctl = component "Orders controller" "" "FastAPI router"
        rep = component "Repository"
        ctl -> rep "uses"
        rep -> db "Reads from and writes to" "SQL"
        properties {
          "replicas" "3"
        }
      }
      group "Data" {
        db = container "Orders DB" "" "PostgreSQL 15" "Database"
        q = container "Order events" "" "Kafka" "Queue"
      }
      api -> q "Publishes order placed"
      worker = container "Mailer" "Sends mails" "Celery worker" {
        -> mail "Sends mail through" "HTTPS"
      }
      worker -> q "Consumes order placed" {
        tags "Async"
      }
    }
    u -> shop "Uses"
    u -> shop.web "Buys with" "HTTPS"
    shop.web -> shop.api.ctl "Calls, timeout=2s" "JSON/HTTPS"
    shop -> mail "Sends mail"
    live = deploymentEnvironment "Live" {
      deploymentNode "AWS" {
        deploymentNode "eu-west-1" "" "" "" {
          lb = infrastructureNode "Load balancer" "" "ALB"
          deploymentNode "Kubernetes" "" "EKS" {
            deploymentNode "orders pods" "" "Docker" "" 3 {
              apiInst = containerInstance shop.api
            }
          }
          deploymentNode "eu-west-1a" { 
            containerInstance shop.db 
          }
          deploymentNode "eu-west-1b" { 
            containerInstance shop.db 
          }
        }
      }
      live.aws.euwest1.lb -> live.aws.euwest1.kubernetes.orderspods.apiInst "Forwards to"
    }
  }
  views {
    container shop {
      include *
      autoLayout
    }
    styles {
      element "Database" {
        shape Cylinder
      }
    }
  }
}
