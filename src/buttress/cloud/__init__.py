"""What resources of cloud providers are, say and use; shared by the readers of Terraform, CloudFormation and the Serverless Framework.

`table` is the form of the providers' tables (`aws`, `aws_network`, `google`, `azure`); `values` holds what infrastructure code says, with
its lines; `assemble` makes a fragment of resources.
"""
