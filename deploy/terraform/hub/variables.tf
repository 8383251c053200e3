variable "platform" {
  description = "What the workers run on; it decides whom their roles trust."
  type        = string

  validation {
    condition     = contains(["ecs", "ec2", "eks-pod-identity", "eks-irsa"], var.platform)
    error_message = "platform is ecs, ec2, eks-pod-identity or eks-irsa."
  }
}

variable "role_path" {
  description = "The path of all roles of Firstline, the same as of the module roles."
  type        = string
  default     = "/firstline/"

  validation {
    condition     = can(regex("^/([A-Za-z0-9_.-]+/)+$", var.role_path)) && length(var.role_path) <= 64
    error_message = "role_path begins and ends with a slash and is no bare one, such as /firstline/."
  }
}

variable "oidc_provider_arn" {
  description = "For eks-irsa only, the cluster's IAM OIDC provider."
  type        = string
  default     = ""
}

variable "oidc_issuer" {
  description = "For eks-irsa only, the cluster's issuer without https://"
  type        = string
  default     = ""
}

variable "namespace" {
  description = "For eks-irsa only, the namespace of the workers' service accounts."
  type        = string
  default     = "firstline"
}
